"""Mutants of the SDKs' sources: every small change that parity must notice, all compiled into one copy of a package.

The tools of the field do not fit: mutmut and cosmic-ray ask a test runner in the mutated process, StrykerJS another,
while the verdict here is the difference between two programs in two languages. Nor do they change a figure by one, drop
an argument or an entry of a table, which is what slips through. So both copies are made here, by the syntax trees of
the languages themselves; ``run`` holds the course of a campaign, ``campaign`` how one mutant is judged.
"""
