"""What people submit, a module a topic: `object_to_...` gives the reasons against an act, the other what follows.

- `table` every act: who may do it, and its two functions
- `plan` plans, confirmed or returned · `adjustment` another node · `withdrawal` from the assessment
- `progress` reports · `review` reviews and inspections of them
- `rectification` of a lag, and the lag · `interview` confirmed, held · `blockage` raised, answered
- `appeal` receipts of notices, appeals, who may decide them
- `programme` programmes and items opened, handed on, put under another policy · `bulletin` filed, approved
"""
