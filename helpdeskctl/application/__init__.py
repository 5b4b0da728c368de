"""The use cases: what is done with one mail, one case, one outgoing mail, in which order.

They know the domain and their own ports; `now` and ids are arguments; they never print.
"""
