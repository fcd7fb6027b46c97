"""The thinking: pure functions and investigations. No Streamlit, no I/O, no clock.

- `investigation`: the form of them all. `reading`: what failed (`Unread`), instants.
- `find`, `customer`, `timeline`: who is this, and what do they have.
- `points`: what to ask; `history`: one ledger explained. Behind them `ledger` (a row), `rows` and `unused` (all of them
  as `columns`), `causes` (spend or rollback), `sweep` (every step through time), `moves` (those steps), `lots` (what is
  left, ladder), `reconcile`, `balances` (figures and tiers).
- `sessions`; then `effects` (what they come to), `replay` (the same cart today), `returning` with `rollback` (a
  return before it is made), `reopening` (predicted, then checked).
- `coupons`, `cards`: what they are and what can be done with them.
"""
