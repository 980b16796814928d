"""What several services know about an item from its rulings: pure folds, and the words and sentences about it.

item                  the whole record of an item, and its sentences
assignment            who has it, by which policy, and its nodes
lights                its lights and the reports that they rest on
light_facts           what the sentence about a light is made from
escalations           its escalations: causes, limits, how far each is
appeals               the appeals that wait
involvement           who took part in what, and so may not decide an appeal about it
awaited               what waits for somebody's decision, and since when
light_forecast        which lights another policy would give to periods that have not settled
deadlines             until when periods are reported, moved and provisional deadlines
replies               what units say about lights and notices
deputies              who stands in for a leader or the chief leader
errata                what a later bulletin must correct
right                 what a right is: roles, what ties somebody to an item, and as whom they stand before it
rights                the table of rights: every operation of intake, query and notify
light_sentences       why a light stands as it does
escalation_sentences  what an escalation stands on, until when and how far it is
rule_words            the paragraphs of the rulebook in words
words                 the words for codes, in Chinese and in English
policy_words          the words for the values of a policy
refusal_advice        what whoever was refused can do
refusal_words         the words for the reasons of a refusal
schedule              the reporting periods of an item
calendar_growth       days that are announced later, and what they move
workdays              working days, and the days of instants and limits
evaluation/           the annual evaluation

Each fold has `opened` (but where it starts empty), `evolve` for one event, and `FOLDED`, the events of its table.
"""
