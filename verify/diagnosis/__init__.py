"""What stands between a problem and its certificates, estimated within seconds; nothing here is proved."""
