/**
 * Opens a worker. Webviews load none by its address, since their pages have another origin than their files; so the
 * worker's script is fetched, and the worker made of a copy of it.
 */
export async function openWorker(address: string, name: string): Promise<Worker> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  const script = new Blob([await response.text()], { type: 'text/javascript' });
  return new Worker(URL.createObjectURL(script), { name });
}
