/** How the steps of a trial, and what came of each, are called. The server names a sentence by its step and outcome. */

/** @import { Key } from "../../types.d.ts" */

/** @type {Record<string, Key>} */
export const STEPS = {
  resolve: "smtp.step.resolve",
  connect: "smtp.step.connect",
  encrypt: "smtp.step.encrypt",
  login: "smtp.step.login",
  send: "smtp.step.send",
  spf: "smtp.step.spf",
  dmarc: "smtp.step.dmarc",
};

/** @type {Record<string, Key>} */
export const VERDICTS = {
  ok: "smtp.verdict.ok",
  warn: "smtp.verdict.warn",
  fail: "smtp.verdict.fail",
  untried: "smtp.verdict.untried",
};

/** By step and outcome. @type {Record<string, Record<string, Key>>} */
export const SENTENCES = {
  resolve: {
    ok: "trial.resolve.ok",
    silent: "trial.resolve.silent",
    unknown: "trial.resolve.unknown",
    forbidden: "trial.resolve.forbidden",
  },
  connect: {
    ok: "trial.connect.ok",
    silent: "trial.connect.silent",
    refused: "trial.connect.refused",
    unreachable: "trial.connect.unreachable",
    encrypted: "trial.connect.encrypted",
    mute: "trial.connect.mute",
    turned_away: "trial.connect.turned_away",
  },
  encrypt: {
    ok: "trial.encrypt.ok",
    here: "trial.encrypt.here",
    name: "trial.encrypt.name",
    certificate: "trial.encrypt.certificate",
    broken: "trial.encrypt.broken",
    none: "trial.encrypt.none",
  },
  login: {
    ok: "trial.login.ok",
    none: "trial.login.none",
    app_password: "trial.login.app_password",
    passwords_off: "trial.login.passwords_off",
    later: "trial.login.later",
    refused: "trial.login.refused",
    cut: "trial.login.cut",
    not_offered: "trial.login.not_offered",
  },
  send: {
    ok: "trial.send.ok",
    log_in: "trial.send.log_in",
    later: "trial.send.later",
    sender: "trial.send.sender",
    recipient: "trial.send.recipient",
    whole: "trial.send.whole",
    cut: "trial.send.cut",
  },
  spf: {
    ok: "trial.spf.ok",
    there: "trial.spf.there",
    elsewhere: "trial.spf.elsewhere",
    twice: "trial.spf.twice",
    missing: "trial.spf.missing",
    missing_own: "trial.spf.missing_own",
    lacks: "trial.spf.lacks",
    lacks_own: "trial.spf.lacks_own",
    silent: "trial.spf.silent",
  },
  dmarc: {
    ok: "trial.dmarc.ok",
    twice: "trial.dmarc.twice",
    missing: "trial.dmarc.missing",
  },
};
