// Verifies deliveries with the library of the standard's own authors: lines of {"secrets":[…],"headers":{…},"body":"…"} on
// stdin. Each line must be verified by each secret named. The clock is the consumer's at the time of the attempt, since
// tests move time.
import readline from "node:readline";
import { Webhook } from "standardwebhooks";

let verified = 0;
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { secrets, headers, body } = JSON.parse(line);
  Date.now = () => Number(headers["webhook-timestamp"]) * 1000;
  for (const secret of secrets) new Webhook(secret).verify(body, headers);
  const forged = () => new Webhook(secrets[0]).verify(`${body} `, headers);
  try {
    forged();
  } catch {
    verified += 1;
    continue;
  }
  throw new Error("a changed body was verified, too");
}
process.stdout.write(String(verified));
