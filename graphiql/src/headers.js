/** The text of the headers editor with this access token in it; `null` takes it out. What is no JSON object is replaced. */
export function withAuthorization(text, token) {
  const others = Object.entries(parsed(text)).filter(([name]) => name.toLowerCase() !== 'authorization');
  const own = token ? [['Authorization', `Bearer ${token}`]] : [];
  return JSON.stringify(Object.fromEntries([...own, ...others]), null, 2);
}

function parsed(text) {
  try {
    return Object(JSON.parse(text || '{}'));
  } catch {
    return {};
  }
}
