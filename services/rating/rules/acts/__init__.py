"""What people submit, a module a topic: `object_to_...` gives the reasons against an act, another what follows.

table          every act: who may do it, and its functions
plan           plans submitted, confirmed or returned; whether a period is over
adjustment     another node for a period
progress       reports
review         reviews and inspections of reports
rectification  severe lag, rectifications and their review
interview      interviews confirmed and held
blockage       blockages raised and answered
appeal         receipts of notices, appeals, and who may decide them
withdrawal     from the annual assessment
programme      programmes and items opened, items handed on, policies adopted
bulletin       bulletins filed and approved
"""
