// The package's own module build, which its types describe under the package's name.
declare module "3dmol/build/3Dmol.es6-min.js" {
  export * from "3dmol";
}
