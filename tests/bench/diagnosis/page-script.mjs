// Runs inside a page, in any browser: sends the requests and tells how each ended.

/** Self-contained, because its source is what travels. */
export function fetchAll(requests) {
  const send = async ({ id, url, method, headers, credentials, mode, redirect, body, targetAddressSpace }) => {
    try {
      const response = await fetch(url, { method, headers, credentials, mode, redirect, body, targetAddressSpace, cache: 'no-store' });
      return { id, outcome: response.type, status: response.status };
    } catch (error) {
      return { id, outcome: 'rejected', message: String(error) };
    }
  };
  return Promise.all(requests.map(send));
}
