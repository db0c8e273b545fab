// The sample of docs/channels.md, in Node. Arguments: the client, the page's address.
const [, , client, page] = process.argv;
globalThis.location = { href: page };
const { connect: listen } = await import(client);
const connect = (address) => {
  const channels = listen(address);
  const begun = (topic) => ({ begun: () => console.log(`begun ${topic}`) });
  return { subscribe: (topic, handler) => channels.subscribe(topic, { ...handler, ...begun(topic) }) };
};
const show = (what) => console.log(`shows ${what}`);
const readTheAlbumAnew = () => show('the whole album');

const channels = connect('/channels');
channels.subscribe('album-7', {
  message: (photo) => show(photo),
  missed: () => readTheAlbumAnew(),
  refused: () => show('not for you'),
});
channels.subscribe('@me', { message: (text) => show(text) });
