"""The year's people at their pages: each signs in and does with forms what a person does.

page        a page as a browser reads it: its forms, their fields and buttons
browsers    everybody's browser: sign-in, pages, forms that are sent
first_day   a ledger becomes a published programme
item_forms  forms about an item: typed, checked, filed or given to the head
queues      what the head signs, what leaders and the chief decide together, what the office reviews
tables      tables that are filled in and handed in
changes     pages for changes of the whole programme
people      everybody does what is due, by the way that the plan names
errands     which acts of an instant are done in one go, and by whom
"""
