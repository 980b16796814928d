"""Who may submit what.

roster       the programmes and items that rulings opened
roster_feed  follows `rulings` and feeds the roster
adjustments  requests for adjustment that wait
decisions    what waits for whose decision, and which submission that would be about
setbacks     what of a unit's own came back: refused, returned, overturned
item         one item: its people, its periods, and what waits for somebody
known_items  all items; those whose year is over rest in few bytes
packed_item  an item as few bytes, and back
alike        equal values of many items are kept once
permission   the table of rights, asked with what the roster knows
"""
