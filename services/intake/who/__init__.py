"""Who may submit what.

roster       the programmes and items that rulings opened
roster_feed  follows `rulings` and feeds the roster
item         one item: its people, its periods, and what waits for somebody
rights       the role per type of submission, and what ties a person to the item
"""
