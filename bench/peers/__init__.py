"""Others on the same submissions, in turns with ours on one broker: `make bench ARGS=peers`.

comparison    all groups in alternating rounds; what cannot be run is told
contestants   rating and its peers: how each is started, and in what they differ
contest       one contestant, one run
feed          the recorded submissions that all of them read
answers       the topic that one answers on, looked at from outside
projections   query's rebuild beside a library's ProjectionRunner
endpoints     intake beside two endpoints that only append
installation  the peers' own Python and their compiled Java
locks         what they are made of, pinned apart from the product
programs/     the peers themselves
"""
