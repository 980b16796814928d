"""What the last runs measured, one JSON file a run: tables and plots of docs/performance.md are made from nothing else.

recorded_results  reading and writing a file, with the machine, the versions, the day and the commit
"""
