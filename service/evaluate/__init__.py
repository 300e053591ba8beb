"""``reasonance evaluate``: the figures of one stage on one labelled data set, beside a peer in the same run.

Each task module has ``ours`` and ``baseline``, both from keyword arguments to one dict of figures with the same keys.
"""
