const VARIABLES = ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "request_method"];

/** Runs with these variables of the environment, and no other that names a proxy. */
export async function withVariables<T>(variables: Record<string, string>, run: () => T | Promise<T>): Promise<T> {
  const names = VARIABLES.flatMap((name) => [name, name.toUpperCase()]);
  const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    return await run();
  } finally {
    for (const name of names) delete process.env[name];
    Object.assign(process.env, Object.fromEntries(Object.entries(before).filter(([, value]) => value !== undefined)));
  }
}
