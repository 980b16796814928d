"""Who may submit what.

roster       the programmes and items that rulings opened
roster_feed  follows `rulings` and feeds the roster
adjustments  requests for adjustment that wait
decisions    what waits for whose decision, and which submission that would be about
setbacks     what of a unit's own came back: refused, returned, overturned
item         one item: its people, its periods, and what waits for somebody
permission   the table of rights, asked with what the roster knows
"""
