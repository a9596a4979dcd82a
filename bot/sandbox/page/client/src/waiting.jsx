export function Waiting({ children, role = "status" }) {
  return (
    <p className="waiting" role={role}>
      {children}
    </p>
  );
}
