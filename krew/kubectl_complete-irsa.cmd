@echo off
rem Completion of "kubectl irsa": kubectl 1.26 and later runs this file if it is in a folder of PATH, such as krew's bin.
kubectl irsa __complete %*
