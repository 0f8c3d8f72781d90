// The pages that errors and findings refer to go with the package.

import { copyFile, mkdir } from 'node:fs/promises';

const docs = new URL('../docs/', import.meta.url);
await mkdir(docs, { recursive: true });
for (const page of ['diagnosis.md', 'diagnosis.ja.md', 'errors.md', 'signing.md', 'signing.ja.md']) {
  await copyFile(new URL(`../../docs/${page}`, import.meta.url), new URL(page, docs));
}
