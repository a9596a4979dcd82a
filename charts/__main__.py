import sys
import warnings

from charts.worker import serve

# A name in a writing that no font here has is drawn as boxes.
warnings.filterwarnings("ignore", "Glyph .* missing from font")
serve(sys.stdin.buffer, sys.stdout.buffer)
