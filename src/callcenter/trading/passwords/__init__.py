"""Changes of the passwords that the counter keeps (修改密码)."""
