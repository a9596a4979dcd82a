import sys

from charts.worker import serve

serve(sys.stdin.buffer, sys.stdout.buffer)
