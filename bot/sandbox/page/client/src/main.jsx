import { createRoot } from "react-dom/client";
import "slack-blocks-to-jsx/dist/style.css";
import "./styles/theme.css";
import "./styles/layout.css";
import "./styles/messages.css";
import "./styles/blocks.css";
import "./styles/controls.css";
import "./styles/dialogs.css";
import "./styles/demo-bar.css";
import { App } from "./app.jsx";

createRoot(document.getElementById("root")).render(<App />);
