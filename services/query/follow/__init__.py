"""The three topics into rows.

follow_loop  reads batch by batch, and starts again from what is stored after trouble
batch        folds the records of each partition, and stops one that cannot be read
projection/  which rows follow from a record
changes      what the rows of a batch are about, for those who follow changes
storable     what PostgreSQL can hold: instants, and texts without NUL
log_reader   reads the log into the tables of a rebuild
rebuild      the read model made anew beside the live one, compared and swapped
"""
