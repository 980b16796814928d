"""Pages for units, leaders and the office: rendered here, without JavaScript, Chinese first.

routes     the addresses; handlers decode, call and return
desk       a unit's desk: what it has to do, what came back, how its items stand
shown_items  the item that a page is about: whether it may be shown, and that it was
overview   what waits on an item for somebody, and what may be submitted about it
fields     the table behind every form: its fields, and what its button says
choices    what a form offers to choose from
form_routes  the addresses of forms: kept, checked, prepared, filed
form_values  the fields of a form by what was said before
form_check   check your answers: what would be submitted, in words
figures      what a measured value is looked at beside: target, last values, plausible range
signing_queue  the signing queue of a unit's head
prepared_rows  what was prepared and waits to be signed, or was returned, as rows
receipt_page  what was received and ruled, and the proof to be printed
next_errand  what somebody does next, so that a receipt leads on
form_page  a form as a page: empty, or with everything that is wrong
form_post  a posted form as it comes in: text fields and files
form_body  a posted form as the body of a submission
decided_on   what a decision is about, in the words of whoever asked for it
decision_rows  what can be decided several at once, with what is asked for
row_outcomes  what became of each of several submissions that were sent with one click
decisions  several plans, adjustments or extensions decided on one page
reviews    reports reviewed one after the other, with their values and evidence
ledger_goals  what a first plan begins with
publication  the office publishes a programme
drafts/    the workbench for drafts of programmes
programme_changes/  changes of a programme that is published, each shown with what it moves before it is sent
paper/     tables of goals and reports, as .xlsx and back
evidence   a file of evidence: its pages as pictures
renderer   any page: its template in templates/, style.css, the words, the headers
session    the token's cookie, and the proof that a form was opened in the same session
"""
