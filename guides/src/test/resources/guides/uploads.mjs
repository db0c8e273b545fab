// The samples of docs/uploads.md, in Node. Arguments: the client, the address for uploads, and that for those to the store.
const [, , client, address, direct] = process.argv;
const { upload: send, uploadDirectly: sendDirectly } = await import(client);
const upload = (path, file, options) => send(address, file, { ...options, headers: { User: 'ada' } });
const show = (what) => console.log(`shows ${what}`);
const file = new File([Buffer.from('000000186674797069736f6d00000000', 'hex')], 'film.mp4');

const answer = await upload('/uploads', file, {
  metadata: { filename: file.name },
  progress: (kept, size) => show(kept / size),
});
show(answer.status);

if (direct) {
  const uploadDirectly = (path, file, options) => sendDirectly(direct, file, { ...options, headers: { User: 'ada' } });
  const film = file;
  const stored = await uploadDirectly('/direct', film, { metadata: { filename: film.name } });
  show(stored.status);
}
