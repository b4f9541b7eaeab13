/**
 * The chat in a React application: put `<Chat />` once into what is on every page. It draws nothing itself; where it is
 * taken away the chat is closed and hidden, and where it comes back the conversation goes on.
 *
 * Put the address of your chat in the place of https://chat.example.com. The types of `chatadmin` are served by it, at
 * https://chat.example.com/widget.d.ts: keep that file among yours, as chatadmin.d.ts.
 */
import { useEffect } from "react";

interface ChatProps {
  server?: string;
  /** Fetches a token by which your server says who is logged in; keep it the same function. Left out for nobody. */
  identify?: () => Promise<string | null>;
  /** Of who is looking, where you know: the team sees it as not verified. */
  name?: string;
  email?: string;
}

/** The chat's commands; what is called before it has loaded waits for it. */
function chat() {
  window.chatadmin ||= (...call: any[]): any => (chatadmin.q ||= []).push(call);
  return window.chatadmin;
}

export function Chat({ server = "https://chat.example.com", identify, name, email }: ChatProps) {
  useEffect(() => {
    const src = `${server}/widget.js`;
    if (!document.querySelector(`script[src="${src}"]`)) {
      document.head.append(Object.assign(document.createElement("script"), { async: true, src }));
    }
    chat()("show");
    return () => {
      chat()("close");
      chat()("hide");
    };
  }, [server]);

  useEffect(() => {
    if (!identify) return undefined;
    chat()("identify", identify);
    return () => chat()("logout");
  }, [identify]);

  useEffect(() => {
    if (name || email) chat()("set", { name, email });
  }, [name, email]);

  return null;
}
