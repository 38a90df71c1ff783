// Vite takes style sheets like modules.
declare module "*.css";
