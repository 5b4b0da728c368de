# Builds dist\helpdeskctl-tray\helpdeskctl-tray.exe and a zip of it, in a virtual environment of its own.
# Needs Python 3.11 or newer (the launcher `py`), from the root of this project:
#
#     powershell -ExecutionPolicy Bypass -File packaging\build-windows.ps1
#
# Untested on Windows; the same specification is built and driven on Linux.
$ErrorActionPreference = 'Stop'

function Invoke-Checked {
    $program, $arguments = $args
    & $program @arguments
    if ($LASTEXITCODE -ne 0) { throw "$program $arguments ended with $LASTEXITCODE." }
}

$root = Split-Path -Parent $PSScriptRoot
Set-Location $root
$python = Join-Path $root 'build\tray\Scripts\python.exe'

Invoke-Checked py -3 -m venv build\tray
Invoke-Checked $python -m pip install --quiet '.[tray]' pyinstaller
Invoke-Checked $python -m PyInstaller --noconfirm packaging\helpdeskctl-tray.spec

$made = Join-Path $root 'dist\helpdeskctl-tray'
Copy-Item packaging\tray.toml, packaging\autostart-windows.ps1, LICENSE $made
# What a build that cannot start would not do: write a draft. A window program is waited for by its handle.
$draft = Join-Path $env:TEMP 'helpdeskctl-tray.eml'
$trial = Start-Process (Join-Path $made 'helpdeskctl-tray.exe') '--picture', 'none', '--out', "`"$draft`"" -Wait -PassThru
if ($trial.ExitCode -ne 0 -or -not (Test-Path $draft)) { throw 'What was built does not start.' }
Remove-Item $draft
Compress-Archive -Force -Path $made -DestinationPath dist\helpdeskctl-tray.zip
Write-Output (Join-Path $root 'dist\helpdeskctl-tray.zip')
