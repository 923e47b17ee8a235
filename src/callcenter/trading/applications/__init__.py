"""Applications (申请): for issues, rights and funds."""
