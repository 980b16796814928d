"""The figures in docs/performance.md, each with its floor in the same run.

rules, memory       decide and evolve alone; what an item's state takes
rating, rebuild     rating and query on recorded years, beside their floors
doors               intake and query over HTTP; `floor_endpoint` is intake's floor
loop_turns          the worst requests of an account, and the longest turn of a loop that each takes
steady_load         intake's memory under load
recorded, logs      recorded years, in memory and on Kafka
load, figures       a load generator; a figure and its floor
peers/              others on the same submissions
growth/             the same on logs of three sizes
results/, report/   what these two recorded, and the tables and plots that are made from it
"""
