// A client made from the document, in TypeScript: signs in, reads a list, and reads a refusal by its code.
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

declare const process: { argv: string[] };
const [base, token] = process.argv.slice(2);
const stranger = createClient<paths>({ baseUrl: base });
const signedIn = await stranger.POST("/v1/sessions", { body: { token } });
if (!signedIn.data) throw new Error("not signed in");
const client = createClient<paths>({ baseUrl: base, headers: { authorization: `Bearer ${signedIn.data.token}` } });

const added = await client.POST("/v1/organizations", {
  body: { name: "Typed Robotics", kind: "customer" },
  params: { header: { "Idempotency-Key": "typescript-1" } },
});
if (added.data?.id !== "typed-robotics") throw new Error(JSON.stringify(added));

const listed = await client.GET("/v1/organizations", { params: { query: { limit: 1 } } });
if (listed.data?.items.length !== 1) throw new Error(JSON.stringify(listed));

const missing = await client.GET("/v1/sites/{url}", { params: { path: { url: "none.webex.example" } } });
const code: "not_found" | string | undefined = missing.error?.code;
if (code !== "not_found") throw new Error(JSON.stringify(missing));
console.log("the TypeScript client compiles, signs in, writes, lists and reads a refusal");
