"""The API reference at `/docs`: an OpenAPI document derived from the contract, shown by Swagger UI."""
