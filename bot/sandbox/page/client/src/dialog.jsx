import { useLayoutEffect, useRef } from "react";

// The browser's own modal dialog: it keeps the focus inside, makes the rest inert, gives the
// focus back, and Escape leaves it.
export function Dialog({ label, className = "", leave, children, ...rest }) {
  const dialog = useRef(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (before?.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-label={label}
      onCancel={(event) => (event.preventDefault(), leave())}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        event.stopPropagation();
        leave();
      }}
      {...rest}
    >
      {children}
    </dialog>
  );
}
