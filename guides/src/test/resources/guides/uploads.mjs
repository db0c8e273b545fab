// The sample of docs/uploads.md, in Node. Arguments: the client, the address for uploads.
const [, , client, address] = process.argv;
const { upload: send } = await import(client);
const upload = (path, file, options) => send(address, file, { ...options, headers: { User: 'ada' } });
const show = (what) => console.log(`shows ${what}`);
const file = new File([Buffer.from('000000186674797069736f6d00000000', 'hex')], 'film.mp4');

const answer = await upload('/uploads', file, {
  metadata: { filename: file.name },
  progress: (kept, size) => show(kept / size),
});
show(answer.status);
