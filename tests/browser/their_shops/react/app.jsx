// An application with the chat in it, and a button that takes it away and brings it back.
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { Chat } from "../../../../docs/widget/Chat.tsx";

function App() {
  const [shown, setShown] = useState(true);
  return (
    <main>
      <h1>Tea</h1>
      <button type="button" id="turn" onClick={() => setShown(!shown)}>
        {shown ? "Away" : "Back"}
      </button>
      {shown && <Chat name="Maria" />}
    </main>
  );
}

createRoot(document.querySelector("#root")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
