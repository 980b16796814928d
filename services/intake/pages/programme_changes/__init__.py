"""Changes of a programme that is published: a form, what it would move, and the submission once that is confirmed.

routes    the addresses
visit     who may change a programme in which way, and the form for it
confirmation  what was sent: shown with what it would move, then submitted through publisher or receiver
all_hands  all items of a unit or a leader at once: a submission each, a result each
forms     what each form offers, filled in with what is known
bodies    a posted form as the data of a submission; item_bodies: of one about an item
effects   what a change would move: deadlines, limits, rights; pure (foreseen: of a calendar, of a policy)
effect    what is shown of that
"""
