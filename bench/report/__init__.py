"""From the files in bench/results: the tables and plots of docs/performance.md (`python -m bench.report`).

page          what is between the marks in docs/performance.md, and the pictures beside it
peers_table   rows of the comparison with the peers
growth_table  rows of the growth
bars          bars per group, as SVG
lines         lines over sizes, as SVG
svg           the few shapes that both are drawn with
"""
