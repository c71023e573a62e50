// What the page asks its server for.

export async function get(path, signal) {
  const reply = await fetch(path, { signal });
  if (reply.status === 204) return null;
  return checked(reply);
}

export async function act(name, settings = {}) {
  const body = JSON.stringify({ do: name, ...settings });
  const headers = { "Content-Type": "application/json" };
  return checked(await fetch("api/do", { method: "POST", headers, body }));
}

async function checked(reply) {
  const told = await reply.json();
  if (!reply.ok) throw new Error(told.error ?? `the server says ${reply.status}`);
  return told;
}
