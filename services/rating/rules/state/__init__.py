"""What is remembered of a subject, and how an event of a ruling changes it.

- `state` the values: item, programme, and what they are made of
- `frame` what of an item never changes under one policy: its periods, calendar, limits
- `evolve` one event taken in; the memory of used keys
- `item`, `plan`, `escalations` what each event does to these parts, by a table from its type
- `node` whether a report meets the node of its period
"""
