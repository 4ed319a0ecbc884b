import { yoctoToNear } from "near-api-js";
import type { ArchivedTransaction } from "../chain/archive.ts";
import type { Chain } from "../chain/chain.ts";
import { progressOf } from "../chain/progress.ts";
import type { Account } from "../state/state.ts";
import { accountOf, NO_CODE } from "../state/state.ts";
import type { Action } from "../transaction/action.ts";
import type { Html } from "./html.ts";
import { html } from "./html.ts";
import type { ShownToken } from "./read-tokens.ts";
import { readTokens } from "./read-tokens.ts";

const STYLE = `body { font: 14px system-ui; margin: 2em; } table { border-collapse: collapse; margin-bottom: 2em; }
td, th { border: 1px solid #ccc; padding: 4px 8px; text-align: left; vertical-align: top; } code { word-break: break-all; }`;
const MAX_TRANSACTIONS = 100;

/** Returns the page of a chain for a person: its accounts, tokens and newest transactions. */
export function renderPage(chain: Chain): string {
  const { height, timestamp } = chain.head();
  const state = chain.stateAt(height);
  const ids = state.accounts.accountIds().toSorted();
  const accounts = ids.flatMap((id): [string, Account][] => {
    const account = accountOf(state, id);
    return account === undefined ? [] : [[id, account]];
  });
  const contracts = accounts.filter(([, { codeHash }]) => codeHash !== NO_CODE).map(([id]) => id);
  const tokens = contracts.flatMap((id) => readTokens(chain, id));
  const time = new Date(Number(timestamp / 1_000_000n)).toISOString();
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${chain.genesis.chainId}</title>
        <style>
          ${{ html: STYLE }}
        </style>
      </head>
      <body>
        <h1>${chain.genesis.chainId}</h1>
        <p>Block ${height} of ${time}</p>
        ${table("Accounts", ["account", "NEAR", "bytes", "contract"], accounts.map(accountRow))}
        ${table("Tokens", ["contract", "token", "owner", "title"], tokens.map(tokenRow))}
        ${table("Transactions", ["block", "hash", "signer", "receiver", "actions", "result"], transactionRows(chain))}
      </body>
    </html>`;
  return page.html;
}

function table(title: string, heads: readonly string[], rows: readonly Html[]): Html {
  const cells = heads.map((head) => html`<th>${head}</th>`);
  return html`<h2>${title}: ${rows.length}</h2>
    <table>
      <thead>
        <tr>
          ${cells}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
}

const row = (...cells: readonly (string | number)[]): Html =>
  html`<tr>
    ${cells.map((cell) => html`<td><code>${cell}</code></td>`)}
  </tr>`;

const accountRow = ([id, { balance, codeHash, storageUsage }]: readonly [string, Account]): Html =>
  row(id, yoctoToNear(balance, 5), storageUsage, codeHash === NO_CODE ? "" : codeHash);

const tokenRow = ({ contractId, ownerId, title, tokenId }: ShownToken): Html =>
  row(contractId, tokenId, ownerId, title);

function transactionRows(chain: Chain): Html[] {
  return chain.archive
    .transactions()
    .slice(-MAX_TRANSACTIONS)
    .toReversed()
    .map(({ height, transaction }: ArchivedTransaction) => {
      const { actions, hash, receiverId, signerId } = transaction;
      return row(height, hash, signerId, receiverId, actions.map(actionText).join(", "), resultText(chain, hash));
    });
}

const actionText = (action: Action): string => (action.kind === "call" ? `${action.method}()` : action.kind);

function resultText(chain: Chain, hash: string): string {
  const progress = progressOf(chain.archive, hash, chain.head().height);
  const failure = progress?.receipts.find(({ outcome }) => outcome.status.kind === "failure")?.outcome.status;
  const level = progress?.level ?? "";
  return failure?.kind === "failure" ? `${level}, failed: ${JSON.stringify(failure.error)}` : level;
}
