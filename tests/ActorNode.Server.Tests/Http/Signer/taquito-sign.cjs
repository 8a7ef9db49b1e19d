// Signs operations as an application with Taquito does, by the RemoteSigner alone: taquito-sign.cjs URL ADDRESS...
// Prints a line of JSON for each address. RemoteSigner verifies each signature and the public key's hash itself, and throws otherwise.
const { RemoteSigner } = require('@taquito/remote-signer');
const { verifySignature } = require('@taquito/utils');

const OPERATION = 3;
const branch = '2a'.repeat(32);
const [url, ...addresses] = process.argv.slice(2);

async function signAll(address) {
  const signer = new RemoteSigner(address, url);
  const publicKey = await signer.publicKey();
  const signed = [];
  for (const contents of ['6c01', '6b0102', '6e' + '00'.repeat(200)]) {
    const bytes = branch + contents;
    const { sbytes, prefixSig } = await signer.sign(bytes, new Uint8Array([OPERATION]));
    signed.push({ payload: '03' + bytes, signature: prefixSig, verified: verifySignature('03' + bytes, publicKey, prefixSig), whole: sbytes.startsWith(bytes) });
  }
  return { address, publicKey, signed };
}

(async () => {
  for (const address of addresses) {
    try {
      console.log(JSON.stringify(await signAll(address)));
    } catch (error) {
      console.log(JSON.stringify({ address, error: error.constructor.name, status: error.status ?? error.cause?.status ?? null, message: String(error.message) }));
    }
  }
})();
