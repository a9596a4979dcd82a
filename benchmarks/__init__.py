"""How fast the bot is, as ratios against named baselines that are measured in the same run.

``python -m benchmarks [NAME …]`` prints a line for each figure and exits 1 where one misses its
target.
"""
