"""What carries requests: the protocol, the pool, blocking and asyncio connections, proxies, TLS."""
